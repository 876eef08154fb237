// One jest configuration for every package: native ESM, swc for the types, sources instead of dist.
import { fileURLToPath } from 'node:url';

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@ratchet/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testTimeout: 60_000,
  testMatch: ['<rootDir>/src/**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  setupFiles: [fileURLToPath(new URL('./jest.setup.mjs', import.meta.url))],
};
