import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    // Two workers: the tests share their machine with a database and a browser.
    maxWorkers: 2,
    sequence: { shuffle: true },
    restoreMocks: true,
  },
});
