"""One mask for each field, everywhere: two masks of one number on two pages would together give it away.

Source: domain.md section 5. A minor's document number shows its first two digits (the province) and nothing else.
"""

HIDDEN = "*"


def mask_phone(phone: str) -> str:
    """138****0000 for a mobile; of any other number the last two digits."""
    if len(phone) == 11 and phone.startswith("1"):
        return phone[:3] + HIDDEN * 4 + phone[-4:]
    return HIDDEN * max(0, len(phone) - 2) + phone[-2:] if len(phone) > 4 else HIDDEN * len(phone)


def mask_document(number: str) -> str:
    """The first two signs; nothing of a number of four or fewer."""
    return number[:2] + HIDDEN * (len(number) - 2) if len(number) > 4 else HIDDEN * len(number)


def mask_name(name: str) -> str:
    """张* for two signs, 欧*娜 for three and more; one sign is hidden whole."""
    if len(name) < 3:
        return name[:1] + HIDDEN * (len(name) - 1) if len(name) == 2 else HIDDEN * len(name)
    return name[0] + HIDDEN * (len(name) - 2) + name[-1]
