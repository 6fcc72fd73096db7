"""What happens to a call before the engine hears it: turns at the CPU, voice activity, spectra."""
