/** True under `npm run test:long`, which runs before a release what `npm test` runs at a smaller size. */
export const FULL_SIZE = process.env.MILLWRIGHT_FULL_SIZE === '1';
