/** Characters that a terminal obeys instead of showing them; line breaks and tabs are not among them. */
const obeyed = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu

/** Returns a text without what a terminal would obey. */
export function withoutEscapes(text: string): string {
  return text.replaceAll(obeyed, '')
}

/** Makes all output of commands harmless: names, states and faults in it are reported by other processes and by clients. */
export function printWithoutEscapes(): void {
  for (const level of ['log', 'error', 'warn'] as const) {
    const print = console[level].bind(console)
    console[level] = (...all: unknown[]) =>
      print(...all.map((one) => (typeof one === 'string' ? withoutEscapes(one) : one)))
  }
}
