#include "boards/ESP32_GENERIC_C3/mpconfigboard.h"

#undef MICROPY_HW_BOARD_NAME
#define MICROPY_HW_BOARD_NAME "motcua on ESP32-C3"

// The port has file systems that run where they lie, but no image of its own turns them on: ours keep applications so.
#define MICROPY_VFS_ROM (1)
