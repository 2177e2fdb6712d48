/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleFileExtensions: ['js', 'ts', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    '^bpmn-guard$': '<rootDir>/src/index.ts',
    '^bpmn-guard/testing$': '<rootDir>/src/testing.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/shapes/notes.cjs',
  globalTeardown: '<rootDir>/test/support/shapes/judge-notes.cjs',
  setupFiles: ['<rootDir>/test/support/cheap-scrypt.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/support/watched-driver.ts'],
  // No measure of speed: a busy machine takes long, and only what hangs is to be stopped.
  testTimeout: 180_000,
  maxWorkers: 2,
  // Modules of earlier test files stay in memory: a worker that has run many is replaced before it has none left.
  workerIdleMemoryLimit: '1500MB',
};
