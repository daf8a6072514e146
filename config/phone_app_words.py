"""The words of the phone's web app, by the keys its scripts ask for. Texts only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "app.description": _(
        "Penugasan dan pemberitahuan 112 untuk petugas lapangan, camat, dan lurah."
    ),
    # app
    "back": _("Kembali"),
    "cancel": _("Batal"),
    "close": _("Tutup"),
    "confirm.title": _("Yakin?"),
    "confirm.yes": _("Ya, lanjutkan"),
    "hold.hint": _("Tahan tombol sampai penuh."),
    "hold.short": _("tahan"),
    "how": _("Caranya"),
    "more": _("Lainnya"),
    "undo": _("Urungkan"),
    "undone": _("Diurungkan. Belum ada yang dikirim."),
    "undo.late": _("Sudah terkirim, tidak dapat diurungkan."),
    "other.tab": _("Tab lain sedang bekerja untuk HP ini. Biarkan hanya satu terbuka."),
    "span.seconds": _("{n} detik"),
    "span.minutes": _("{n} menit"),
    "span.hours": _("{n} jam {m} menit"),
    "distance.m": _("± {n} m garis lurus"),
    "distance.km": _("± {n} km garis lurus"),
    "storage.failed": _("HP tidak dapat menyimpan. Kosongkan ruang simpan, lalu ulangi."),
    # link
    "link.open": _("Terhubung"),
    "link.polling": _("Terhubung (lambat)"),
    "link.trying": _("Menyambung…"),
    "link.offline": _("Tanpa jaringan"),
    "unsent": _("{n} belum terkirim"),
    "unsent.word": _("belum terkirim"),
    "offline.still": _("Tanpa jaringan pun jawaban Anda disimpan dan dikirim nanti."),
    # clock
    "clock.behind": _("Jam HP ini terlambat {span}. Nyalakan jam otomatis di pengaturan HP."),
    "clock.ahead": _("Jam HP ini terlalu cepat {span}. Nyalakan jam otomatis di pengaturan HP."),
    "clock.label": _("Sisa waktu sampai target bergerak"),
    "clock.to_move": _("sampai target bergerak"),
    "clock.over": _("lewat target bergerak"),
    "clock.move_by": _("Bergerak sebelum {at}"),
    "clock.passed": _("Target bergerak terlewati. Berangkat sekarang."),
    "verdict.pending": _("Menunggu bukti gerak"),
    "verdict.moved": _("Pergerakan terbukti"),
    "verdict.moved_late": _("Bergerak terlambat"),
    "verdict.stationary": _("Tidak terlihat bergerak"),
    "verdict.indeterminate": _("Gerak belum dapat dipastikan"),
    "verdict.unverifiable": _("Gerak tidak dapat diverifikasi"),
    "verdict.at": _("sejak {at}"),
    # place
    "place.off": _("Lepas tugas: lokasi tidak diambil sama sekali."),
    "place.asking": _("Mencari lokasi…"),
    "place.taken": _("Terakhir dicatat {at}, ketelitian ± {m} m"),
    "place.mode.busy": _("Lokasi dicatat tiap 5–10 detik"),
    "place.mode.duty": _("Lokasi dicatat tiap 5 menit"),
    "place.mode.off": _("Lokasi mati"),
    "place.denied": _("Izin lokasi ditolak. Pergerakan Anda tidak dapat dibuktikan."),
    "place.unavailable": _("Lokasi tidak tersedia. Nyalakan GPS."),
    "place.timeout": _("GPS belum mendapat posisi. Coba di tempat terbuka."),
    "place.honest": _(
        "Biarkan layar menyala dan aplikasi ini terbuka; saat layar terkunci peramban"
        " berhenti mengambil lokasi."
    ),
    # sound
    "sound.locked": _("Bunyi alarm belum aktif. Ketuk layar sekali."),
    "sound.tap": _("Ketuk layar agar alarm berbunyi"),
    # enrol
    "enrol.lead": _("Daftarkan HP ini dengan kode dari ruang 112."),
    "enrol.scan": _("Pindai kode QR"),
    "enrol.scan_elsewhere": _("Peramban ini tidak dapat memindai. Ketik kodenya di bawah."),
    "enrol.scanning": _("Kamera: arahkan ke kode QR"),
    "enrol.code": _("Kode pendaftaran"),
    "enrol.name": _("Nama HP ini"),
    "enrol.go": _("Daftarkan"),
    "enrol.busy": _("Mendaftarkan…"),
    "enrol.no_code": _("Ketik atau pindai kodenya dahulu."),
    "enrol.no_camera": _("Kamera tidak dapat dibuka. Ketik kodenya."),
    "enrol.unreachable": _("Server tidak terjangkau. Pendaftaran memerlukan jaringan."),
    "enrol.other_server": _("Kode ini untuk server lain: {server}"),
    "revoked.title": _("HP ini dicabut."),
    "revoked.text": _(
        "Ruang 112 mencabut pendaftaran HP {name}. Data tugas di HP ini dihapus. "
        "Minta kode baru bila perlu."
    ),
    "revoked.kept": _("{n} catatan belum terkirim masih tersimpan: lihat dan ekspor"),
    # home
    "no_unit": _("Belum ada regu"),
    "no_unit.text": _("Anda belum dipasangkan dengan regu. Hubungi ruang 112."),
    "home.calm": _("Tidak ada tugas. HP ini akan berbunyi bila ada."),
    "duty.title": _("Status tugas"),
    "duty.available": _("Siaga"),
    "duty.available.means": _("Regu dapat dikirim."),
    "duty.assigned": _("Bertugas"),
    "duty.assigned.means": _("Regu sedang ditugaskan."),
    "duty.out_of_service": _("Tidak dapat dikirim"),
    "duty.out_of_service.means": _("Masih berdinas, tetapi regu tidak dikirim."),
    "duty.off_duty": _("Lepas tugas"),
    "duty.off_duty.means": _("Regu tidak dikirim dan lokasi tidak diambil."),
    # ringing
    "ringing.title": _("TUGAS BARU"),
    "priority": _("Prioritas {n}"),
    "no_address": _("Alamat belum diketahui"),
    "landmark": _("Patokan: {text}"),
    "acknowledge": _("Terima tugas"),
    "decline": _("Tolak"),
    "en-route": _("Berangkat"),
    "on-scene": _("Tiba di lokasi"),
    "complete": _("Selesaikan"),
    "done.acknowledge": _("Tugas diterima."),
    "done.en-route": _("Dicatat: berangkat."),
    "done.on-scene": _("Dicatat: tiba di lokasi."),
    "cancelled": _("Tugas dibatalkan oleh ruang 112."),
    "state.dispatched": _("Dikirim"),
    "state.acknowledged": _("Diterima"),
    "state.en_route": _("Menuju lokasi"),
    "state.on_scene": _("Tiba di lokasi"),
    "state.completed": _("Selesai"),
    "state.declined": _("Ditolak"),
    "state.cancelled": _("Dibatalkan"),
    "directions": _("Arahkan"),
    "directions.web": _("Peta di web"),
    "call.caller": _("Telepon pelapor"),
    # sheets
    "decline.title": _("Mengapa ditolak?"),
    "decline.text": _("Ruang 112 akan mengirim regu lain. Alasan Anda dicatat."),
    "decline.busy": _("Sedang menangani hal lain"),
    "decline.vehicle": _("Kendaraan rusak"),
    "decline.crew": _("Awak tidak cukup"),
    "decline.far": _("Terlalu jauh"),
    "decline.wrong": _("Bukan tugas kami"),
    "decline.other": _("Alasan lain…"),
    "decline.send": _("Tolak tugas"),
    "note": _("Catatan"),
    "note.title": _("Catatan lapangan"),
    "note.label": _("Tulis yang dilihat"),
    "note.send": _("Simpan catatan"),
    "note.kept": _("Catatan disimpan."),
    "note.safe": _("Situasi terkendali."),
    "note.needs_more": _("Perlu bantuan tambahan."),
    "note.blocked": _("Akses jalan tertutup."),
    "note.false_alarm": _("Tidak ada kejadian di lokasi."),
    "photo": _("Foto"),
    "photo.kept": _("Foto disimpan."),
    "photo.unreadable": _("Berkas ini bukan foto yang dapat dibaca."),
    "backup": _("Bantuan"),
    "backup.title": _("Minta bantuan"),
    "backup.text": _("Ruang 112 melihat permintaan ini dengan posisi Anda."),
    "backup.people": _("Tambahan personel"),
    "backup.ambulance": _("Ambulans"),
    "backup.water": _("Tambahan air"),
    "backup.police": _("Polisi"),
    "backup.gear": _("Alat berat"),
    "backup.more": _("Keterangan (boleh kosong)"),
    "backup.send": _("Minta bantuan sekarang"),
    "emergency": _("Darurat"),
    "alert.emergency": _("DARURAT PETUGAS"),
    "alert.backup": _("Bantuan diminta"),
    "alert.unsent": _("Belum terkirim! Dicoba terus. Panggil juga lewat radio."),
    "alert.raised": _("Terkirim {at}. Menunggu jawaban ruang 112."),
    "alert.answered": _("Dijawab ruang 112 pukul {at}. Bantuan diatur."),
    "alert.withdraw": _("Batalkan, kami aman"),
    "alert.dismiss": _("Tutup pemberitahuan ini"),
    # ready
    "ready.title": _("Uji kesiapan HP"),
    "ready.never": _("HP ini belum diuji."),
    "ready.again": _("Uji terakhir gagal atau sudah lama. Uji lagi."),
    "ready.since": _("Siap sejak {at}"),
    "ready.yes": _("HP ini siap dipakai"),
    "ready.no": _("HP ini belum siap"),
    "ready.failed": _("Uji tidak selesai: {why}"),
    "ready.run": _("Uji sekarang"),
    "ready.running.push": _("Memeriksa push…"),
    "ready.running.fix": _("Mencari lokasi…"),
    "ready.running.server": _("Bertanya ke server…"),
    "ready.running.probe": _("Menunggu push uji…"),
    "ready.sound": _("Bunyi dan getar"),
    "ready.sound.text": _("Naikkan volume media sampai penuh dan matikan mode senyap."),
    "ready.sound.try": _("Coba bunyi"),
    "own.sound": _("Bunyi alarm aktif"),
    "own.silent": _("Bunyi alarm belum aktif: ketuk layar"),
    "own.clock": _("Selisih jam dengan server: {span}"),
    "own.push_off": _(
        "Push tidak tersedia: server ini belum diatur untuk push. Biarkan aplikasi "
        "terbuka agar alarm terdengar."
    ),
    "own.no_push": _(
        "Push tidak tersedia di peramban ini. Biarkan aplikasi terbuka agar alarm terdengar."
    ),
    "own.not_installed": _(
        "Belum dipasang di layar utama. Aplikasi terpasang lebih jarang dimatikan HP."
    ),
    "hints.title": _("Agar HP tidak mematikan aplikasi"),
    "hints.screen": _(
        "Pasang di kendaraan dengan pengisi daya; layar dibiarkan menyala selama tugas."
    ),
    "hints.saver": _("Matikan penghemat baterai selama dinas."),
    "hints.maker": _("Di pengaturan baterai, beri peramban izin berjalan tanpa batas."),
    # records
    "records.title": _("Belum terkirim"),
    "records.none": _("Semua sudah terkirim"),
    "records.none.text": _("Server sudah memegang semua catatan HP ini."),
    "records.patience": _("Disimpan di HP ini dan dikirim sendiri begitu ada jaringan."),
    "records.try": _("Coba kirim"),
    "records.trying": _("Mencoba mengirim…"),
    "records.export": _("Ekspor"),
    "refused.count": _("{n} ditolak server"),
    "refused.title": _("Ditolak server: {n}"),
    "refused.text": _(
        "Ini tidak diterima server dan tidak dikirim lagi. Laporkan ke ruang 112, "
        "ekspor bila perlu."
    ),
    "refused.discard": _("Buang yang ditolak"),
    "refused.toast": _('Satu catatan ditolak server. Lihat "Belum terkirim".'),
    "kind.step": _("Langkah"),
    "kind.duty": _("Status tugas"),
    "kind.note": _("Catatan"),
    "kind.photo": _("Foto"),
    "kind.alert": _("Permintaan bantuan"),
    "kind.withdraw": _("Pembatalan bantuan"),
    "kind.seen": _("Tugas terlihat"),
    "kind.drill": _("Balasan latihan"),
    "kind.read": _("Pemberitahuan dibaca"),
    "kind.answer": _("Jawaban pemberitahuan"),
    "kind.check_in": _("Lokasi"),
    "problem.revoked": _("HP dicabut sebelum terkirim"),
    "problem.clock_ahead": _("Jam HP terlalu cepat"),
    "problem.too_old": _("Terlalu lama"),
    "problem.illegal_step": _("Langkah ini tidak mungkin lagi"),
    # settings
    "settings.title": _("Setelan"),
    "settings.language": _("Bahasa"),
    "settings.theme": _("Tampilan"),
    "theme.auto": _("Ikut HP"),
    "theme.light": _("Terang"),
    "theme.dark": _("Gelap"),
    "settings.phone": _("HP ini"),
    "settings.nobody": _("Belum terdaftar"),
    "settings.version": _("Versi {version}"),
    "settings.unsent": _("Masih ada {n} yang belum terkirim. Kirim dahulu sebelum keluar."),
    "settings.sign_out": _("Keluarkan HP ini"),
    "settings.need_network": _("Server tidak terjangkau. Keluar memerlukan jaringan."),
    "settings.heard": _("Data terakhir dari server: {at}"),
    # help
    "help.title": _("Info penting"),
    "help.locked": _("Layar terkunci"),
    "help.locked.text": _(
        "Peramban tidak dapat mengambil lokasi atau menjaga sambungan saat layar "
        "terkunci atau aplikasi lain di depan. Selama tugas aplikasi ini menahan "
        "layar tetap menyala."
    ),
    "help.locked.ways": _(
        "Yang dapat: Traccar Client, OwnTracks, Overland, atau GPSLogger di HP yang "
        "sama mencatat lokasi juga saat layar terkunci; pengaturannya ada di ruang "
        "112."
    ),
    "help.permission": _("Izin lokasi"),
    "help.permission.android": _(
        "Ketuk gembok di samping alamat → Izin → Lokasi → Izinkan. Di pengaturan "
        "Android: Aplikasi → peramban → Izin → Lokasi → akurat."
    ),
    "help.permission.ios": _(
        "Pengaturan → Privasi → Layanan Lokasi → Safari → Saat digunakan, Lokasi akurat."
    ),
    "help.permission.desk": _("Ketuk gembok di samping alamat dan izinkan Lokasi."),
    "help.install": _("Pasang di layar utama"),
    "help.install.android": _("Menu peramban → Instal aplikasi (atau Tambahkan ke layar utama)."),
    "help.install.ios": _(
        "Safari: Bagikan → Tambahkan ke Layar Utama. Push di iPhone hanya bekerja setelah dipasang."
    ),
    "help.sound": _("Alarm"),
    "help.sound.text": _(
        "Peramban baru boleh berbunyi setelah layar diketuk sekali. Ketuk layar di "
        "awal dinas dan biarkan aplikasi terbuka. iPhone tidak dapat bergetar dari "
        "peramban."
    ),
    "help.privacy": _("Lokasi Anda"),
    "help.privacy.text": _(
        "Selama tugas dan satu menit sesudahnya lokasi dicatat tiap 5–10 detik. Saat "
        "siaga tiap 5 menit dan sekali ketika alarm datang. Saat lepas tugas tidak "
        "pernah."
    ),
    # notices
    "notices.title": _("Pemberitahuan"),
    "notices.calm": _("Tidak ada kejadian terbuka di wilayah Anda."),
    "notices.closed": _("Sebelumnya"),
    "notice.issued": _("Baru"),
    "notice.updated": _("Diperbarui"),
    "notice.withdrawn": _("Ditarik"),
    "notice.closed": _("Ditutup"),
    "notice.unanswered": _("belum dijawab"),
    "notice.issued_at": _("diterbitkan {at}"),
    "answer.ask": _("Bagaimana keadaan warga?"),
    "answer.again": _("Keadaan berubah? Jawab lagi."),
    "answer.text": _("Keterangan (boleh kosong)"),
    "answer.needs": _("Yang dibutuhkan (boleh kosong)"),
    "answer.needed": _("Dibutuhkan: {what}"),
    "answer.given": _("Jawaban Anda: {word}"),
    "answer.kept": _("Jawaban disimpan."),
    "condition.safe": _("Aman"),
    "condition.light_damage": _("Rusak ringan"),
    "condition.heavy_damage": _("Rusak berat"),
    "condition.victims": _("Ada korban"),
    # drill
    "drill.kicker": _("LATIHAN, bukan kejadian sungguhan"),
    "drill.called": _("Dipanggil {at}"),
    "drill.reply": _("Saya menerima latihan ini"),
    "drill.waiting": _("Balasan belum terkirim"),
    "drill.replied": _("Balasan terkirim"),
    "announce.assignment.dispatched": _("Tugas baru. Buka aplikasi."),
    "announce.drill.called": _("Latihan. Buka aplikasi."),
    "announce.notice.issued": _("Pemberitahuan baru. Buka aplikasi."),
}
