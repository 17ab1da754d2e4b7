# As ports/rp2/boards/manifest.py, without the port's own _boot.py and without drivers
# and tools that no counter needs.
freeze("$(PORT_DIR)/modules", "rp2.py")
include("$(MPY_DIR)/extmod/asyncio")
freeze("$(BOARD_DIR)/../modules")
freeze("$(BOARD_DIR)/../pico_w/modules", "board_flash.py")
freeze("$(BOARD_DIR)/modules")
include("$(BOARD_DIR)/../freeze.py", family="rp2", pins="pins_pico")
