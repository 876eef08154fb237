import { register } from 'node:module';

// Loaded with `node --import`: the modules that are loaded afterwards lack what RATCHET_CONFORMANCE_DISABLE names.
register(new URL('./disable-loader.js', import.meta.url));
