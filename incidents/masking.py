"""Write a caller's number so that it can be told apart and not be rung."""

PSEUDONYM = "#"  # begins what stands for a number that the retention erased


def masked(number: str) -> str:
    """Return a number with its middle covered: +62 812-****-7890. "" stays "".

    What is too short to cover keeps its last two digits alone; a pseudonym is shown in part.
    """
    if number.startswith(PSEUDONYM):
        return number[:7]
    digits = "".join(sign for sign in number if sign.isdigit())
    if not digits:
        return ""
    if len(digits) < 9:
        return f"****{digits[-2:]}"
    if number.startswith("+62"):
        return f"+62 {digits[2:5]}-****-{digits[-4:]}"
    return f"{digits[:3]}-****-{digits[-4:]}"
