"""The central server: keeps an office's records as registers and gives each caller what its grants allow."""
