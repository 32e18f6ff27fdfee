/** What `npm start`, the README and the cold-start benchmark ask the bundled capture. */
export const DEMO_URL = 'https://books.example.net/catalog/search?q=lamp';

/** From the repository's root. */
export const DEMO_CAPTURE = 'packages/hopwise/demo/bookshop';
