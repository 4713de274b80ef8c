/** The two functions of `pg` that its type package leaves out; pinned together with `pg`. */
declare module 'pg/lib/utils.js' {
  const utils: { prepareValue(value: unknown): string | Buffer | null };
  export default utils;
}
