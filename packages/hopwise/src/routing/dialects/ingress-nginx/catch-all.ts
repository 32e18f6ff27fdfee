/** Host name of the catch-all server. */
export const CATCH_ALL = '_';
