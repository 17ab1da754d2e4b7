"""The receiver beside subscribers that do nothing and beside others who store: what each needs to be measured alike."""
