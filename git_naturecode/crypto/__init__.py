"""Keys of devices and what is signed and sealed with them."""
