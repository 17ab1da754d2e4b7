# The board of MicroPython's own, RPI_PICO_W, with our manifest and without Bluetooth, which no counter uses.
# Storage and slots (MicroPython's ROMFS) are divided as modules/flash_layout.py says.
set(MICROPY_HW_FLASH_STORAGE_BYTES 376832)
set(MICROPY_HW_ROMFS_BYTES 573440)
include(${MICROPY_PORT_DIR}/boards/RPI_PICO_W/mpconfigboard.cmake)

set(MICROPY_PY_BLUETOOTH OFF)
set(MICROPY_BLUETOOTH_BTSTACK OFF)
set(MICROPY_PY_BLUETOOTH_CYW43 OFF)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
set(MICROPY_BOARD_PINS ${MICROPY_PORT_DIR}/boards/RPI_PICO_W/pins.csv)
