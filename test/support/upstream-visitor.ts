/**
 * Walks through an upstream provider as a browser would: follows redirects and keeps cookies.
 * @returns the first address that leads elsewhere, which is where the provider sends the browser back
 */
export async function visit(start: string, limit = 12): Promise<URL> {
  const cookies = new Map<string, string>();
  let address = new URL(start);
  const { origin } = address;
  for (let step = 0; step < limit && address.origin === origin; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the provider stopped at ${address.href}: ${response.status} ${(await response.text()).slice(0, 300)}`);
    address = new URL(location, address);
  }
  return address;
}
