"""What stands in the place of an image or file that a message carried."""


def image(media_type: str, data: str) -> str:
    """The placeholder of an image whose base64 is `data`."""
    return f"[image: {media_type or 'unknown'}, {len(data.rstrip('=')) * 3 // 4} bytes]"


def image_at(address: str) -> str:
    """The placeholder of the image at `address`: one of data is not kept, another is named."""
    if not address.startswith("data:"):
        return f"[image: {address}]" if address else ""
    head, _, data = address.partition(",")
    return image(head.removeprefix("data:").split(";")[0], data)
