# The board of MicroPython's own, ESP32_GENERIC, with our manifest and our table of partitions.
include(boards/ESP32_GENERIC/mpconfigboard.cmake)

file(WRITE ${CMAKE_BINARY_DIR}/sdkconfig.motcua
    "CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"${MICROPY_BOARD_DIR}/partitions.csv\"\n")
list(APPEND SDKCONFIG_DEFAULTS ${CMAKE_BINARY_DIR}/sdkconfig.motcua)

set(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)
