#include "boards/ESP32_GENERIC_S3/mpconfigboard.h"

#undef MICROPY_HW_BOARD_NAME
#define MICROPY_HW_BOARD_NAME "motcua on ESP32-S3"

// The port has file systems that run where they lie, but no image of its own turns them on: ours keep applications so.
#define MICROPY_VFS_ROM (1)
