/** Made at the first call and kept: what is costly and often not needed. A failure is not kept. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
