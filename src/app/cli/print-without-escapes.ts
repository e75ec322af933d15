/** Control characters that a terminal interprets instead of showing them; line breaks and tabs are allowed. */
const controlCharacters = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu

/** Removes control characters from a text. */
export function withoutEscapes(text: string): string {
  return text.replaceAll(controlCharacters, '')
}

/** Removes control characters from the output of all commands: other processes and clients supply names and faults in it. */
export function printWithoutEscapes(): void {
  for (const level of ['log', 'error', 'warn'] as const) {
    const print = console[level].bind(console)
    console[level] = (...all: unknown[]) =>
      print(...all.map((one) => (typeof one === 'string' ? withoutEscapes(one) : one)))
  }
}
