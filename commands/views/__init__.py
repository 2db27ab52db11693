"""What answers look like: cards as Components V2 layouts, and text made safe for Discord's markdown."""
