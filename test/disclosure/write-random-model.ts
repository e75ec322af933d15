/**
 * Writes a model of whisper.cpp's format (ggml) with random weights: the layers of "tiny" with a width of 64, 9 MB. It recognises nothing, and
 * prints words of its own with times and probabilities: enough to run the real program from end to end.
 */
import { closeSync, openSync, writeSync } from 'node:fs'

const [state, layers, mels, audioContext, textContext] = [64, 4, 80, 1500, 448] as const
const multilingual = 51_865
/** Tokens of text in a multilingual model; the program names the special ones above them. */
const textTokens = 50_257
const [f32, f16] = [0, 1] as const

type Shape = readonly number[]

/** @param vocabulary 51865 for a multilingual model, 51864 for an English one */
export function writeRandomModel(path: string, vocabulary = multilingual): void {
  const file = openSync(path, 'w')
  const integers = (...values: number[]) => writeSync(file, Buffer.from(Int32Array.from(values).buffer))
  const random = drawFrom(7)

  function tensor(name: string, shape: Shape, type: typeof f32 | typeof f16, valueOf: () => number) {
    const size = shape.reduce((product, one) => product * one, 1)
    integers(shape.length, name.length, type, ...shape)
    writeSync(file, name)
    const values = type === f32 ? new Float32Array(size) : new Float16Array(size)
    for (let i = 0; i < size; i++) values[i] = valueOf()
    writeSync(file, Buffer.from(values.buffer))
  }
  const spread = (width: number) => () => width * (random() - 0.5)
  const weight = (name: string, ...shape: number[]) => tensor(`${name}.weight`, shape, f16, spread(0.4))
  const bias = (name: string, ...shape: number[]) => tensor(`${name}.bias`, shape, f32, () => 0)
  function norm(name: string) {
    tensor(`${name}.weight`, [state], f32, () => 1)
    bias(name, state)
  }
  function attention(name: string) {
    norm(`${name}_ln`)
    for (const part of ['query', 'key', 'value', 'out']) {
      weight(`${name}.${part}`, state, state)
      if (part !== 'key') bias(`${name}.${part}`, state)
    }
  }
  function mlp(name: string) {
    norm(`${name}.mlp_ln`)
    weight(`${name}.mlp.0`, state, 4 * state)
    bias(`${name}.mlp.0`, 4 * state)
    weight(`${name}.mlp.2`, 4 * state, state)
    bias(`${name}.mlp.2`, state)
  }

  // "ggml", the sizes, then filters from 201 frequencies to mels.
  integers(0x67_67_6d_6c, vocabulary)
  for (const context of [audioContext, textContext]) integers(context, state, 1, layers)
  integers(mels, f16, mels, 201)
  writeSync(file, Buffer.from(Float32Array.from({ length: mels * 201 }, () => random() / 201).buffer))
  integers(textTokens)
  for (let i = 0; i < textTokens; i++) {
    // The program looks a blank up.
    const word = Buffer.from(i === 220 ? ' ' : i % 3 === 0 ? ` sää${i}` : `tä${i}`)
    integers(word.length)
    writeSync(file, word)
  }

  tensor('encoder.positional_embedding', [state, audioContext], f32, spread(1))
  weight('encoder.conv1', 3, mels, state)
  bias('encoder.conv1', 1, state)
  weight('encoder.conv2', 3, state, state)
  bias('encoder.conv2', 1, state)
  norm('encoder.ln_post')
  tensor('decoder.positional_embedding', [state, textContext], f32, spread(1))
  weight('decoder.token_embedding', state, vocabulary)
  norm('decoder.ln')
  for (let i = 0; i < layers; i++) {
    attention(`encoder.blocks.${i}.attn`)
    mlp(`encoder.blocks.${i}`)
    attention(`decoder.blocks.${i}.attn`)
    attention(`decoder.blocks.${i}.cross_attn`)
    mlp(`decoder.blocks.${i}`)
  }
  closeSync(file)
}

/** Returns numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function drawFrom(seed: number): () => number {
  let at = seed
  return () => {
    at = (at + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
