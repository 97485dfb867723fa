/** The version of this library. `npm run release:check` and a test compare it with package.json. */
export const LIBRARY_VERSION = '0.1.0';
