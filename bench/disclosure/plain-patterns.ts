import type { Span } from '#use/disclosure/voice/engine.ts'
import type { Word } from '#use/disclosure/content/word.ts'

/** Yardstick, the obvious patterns: digits as written, an identity code, two capitalised words in a row, a street's ending. */
const patterns = [
  /\d{6}[-+A-Fa-f]\d{3}[\dA-Za-z]/gu,
  /\+?\d[\d\s()/-]{2,}\d/gu,
  /FI\d\d[\d\s]{10,}/gu,
  /\b[A-Z]{3}-\d{3}\b/gu,
  /(?<=[\p{Ll},] )\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/gu,
  /\p{L}+(?:katu|tie|kuja|gatan|vägen|gränden)\s+\d+/gu,
  /\d+ \p{L}+ (?:Street|Road|Avenue|Lane)/giu,
  /(?:(?:nolla|yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän)\s+){3,}(?:nolla|yksi|kaksi|kolme|neljä|viisi|kuusi|seitsemän|kahdeksan|yhdeksän)/gu,
  /(?:(?:noll|ett|två|tre|fyra|fem|sex|sju|åtta|nio)\s+){3,}(?:noll|ett|två|tre|fyra|fem|sex|sju|åtta|nio)/gu,
  /(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\s+){3,}(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)/gu,
]
const padding = 1600

export function plainSpans(words: readonly Word[], lengthSamples: number): [Span[], Span[]] {
  return [spansOf(words.filter(({ track }) => track === 0)), spansOf(words.filter(({ track }) => track === 1))]

  function spansOf(own: readonly Word[]): Span[] {
    const text = own.map((word) => word.text).join(' ')
    const starts: number[] = []
    own.reduce((at, word) => {
      starts.push(at)
      return at + word.text.length + 1
    }, 0)
    const spans = patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => {
        const end = match.index + match[0].length
        const first = own[starts.findLastIndex((start) => start <= match.index)]!
        const last = own[starts.findLastIndex((start) => start < end)]!
        return { from: Math.max(0, first.from - padding), to: Math.min(lengthSamples, last.to + padding) }
      }),
    )
    const united: Span[] = []
    for (const span of spans.sort((one, other) => one.from - other.from)) {
      const before = united.at(-1)
      if (before !== undefined && span.from <= before.to) before.to = Math.max(before.to, span.to)
      else united.push(span)
    }
    return united
  }
}
