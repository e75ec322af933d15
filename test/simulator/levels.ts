/**
 * Measures, by least squares, the levels of tones in 4,000 samples of rendered audio (16-bit stereo at 8 kHz), and
 * their distance in dB from everything else.
 */
export function levelsOf(pcm: Buffer, { from, lane }: { from: number; lane: 0 | 1 }, tones: readonly number[]) {
  const received = Array.from({ length: 4000 }, (_, i) => pcm.readInt16LE(4 * (from + i) + 2 * lane))
  let rest = received
  const found = tones.map((hertz) => {
    const wave = (shift: number) => received.map((_, i) => Math.sin((2 * Math.PI * hertz * i) / 8000 + shift))
    const [sine, cosine] = [wave(0), wave(Math.PI / 2)]
    const along = (other: number[]) => received.reduce((sum, sample, i) => sum + sample * other[i]!, 0) / 2000
    const [a, b] = [along(sine), along(cosine)]
    rest = rest.map((sample, i) => sample - a * sine[i]! - b * cosine[i]!)
    return Math.hypot(a, b)
  })
  const power = (samples: number[]) => samples.reduce((sum, sample) => sum + sample * sample, 0)
  return { found, overRestDb: 10 * Math.log10(power(received) / power(rest)) }
}
