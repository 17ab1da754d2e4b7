# As ports/esp32/boards/manifest.py, without the port's own _boot.py and without drivers
# and tools that no counter needs.
freeze("$(PORT_DIR)/modules", ("flashbdev.py", "machine.py"))
include("$(MPY_DIR)/extmod/asyncio")
freeze("$(BOARD_DIR)/../modules")
freeze("$(BOARD_DIR)/../esp32/modules", "board_flash.py")
freeze("$(BOARD_DIR)/modules")
include("$(BOARD_DIR)/../freeze.py", family="esp32", pins="pins_esp32_s3")
