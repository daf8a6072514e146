// Reads the enrolment QR with the camera, where the browser can. Where it cannot, the phone's own camera
// opens the link beside the QR, or the code is typed.

export const canScan = () => "BarcodeDetector" in self && Boolean(navigator.mediaDevices?.getUserMedia);

// Show the camera in `video` until a QR is read or `signal` aborts; gives the text, or null.
export async function scan(video, signal) {
  const camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  try {
    video.srcObject = camera;
    await video.play();
    while (!signal.aborted) {
      const [found] = await detector.detect(video).catch(() => []);
      if (found) return found.rawValue;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return null;
  } finally {
    camera.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}
