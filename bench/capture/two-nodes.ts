/**
 * Compares the capacity of two capture nodes with that of one: CPU time per packet when one node records alone, and when two do
 * at the same time, each on a processor of its own. A node's capacity is inversely proportional to its CPU time per packet.
 * Generators are separate processes, whose time is not counted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { captureProcessFlags } from '#capture/rtp/process-flags.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { Row } from '../rows.ts'
import { compile, generatorPort, runReceiver } from './run-receiver.ts'

type Spent = { packets: number; cpuMicroseconds: number; faults: string[] }

/** Runs the measurement, with `calls` calls of two streams for each node. */
export async function twoNodes({ calls = 250, seconds = 15, rounds = 3 } = {}): Promise<Row[]> {
  const programs = compile()
  if (!programs || availableParallelism() < 2) {
    console.log('skipped: the generator in C needs gcc, and two nodes need two processors')
    return []
  }
  const { recipient } = generateKeyPair()
  /** Runs one node on its processor; returns microseconds per packet. */
  async function node(index: number, folder: string): Promise<number> {
    const [script, port] = [join(import.meta.dirname, 'capture-calls.ts'), generatorPort - 1 - index]
    const own = mkdtempSync(join(folder, 'node-'))
    const args = [
      ...captureProcessFlags,
      script,
      own,
      recipient,
      String(port),
      String(calls),
      '-',
      String(30_000 + 5_000 * index),
    ]
    const pinned = { command: 'taskset', args: ['-c', String(index), process.execPath, ...args] }
    const { sent, result } = await runReceiver<Spent>(pinned, programs!.generator, seconds, undefined, port)
    const missing = sent * 2 * calls - result.packets
    const each = result.cpuMicroseconds / result.packets
    console.log(
      `  node ${index + 1}: ${each.toFixed(2)} us/packet, missing ${missing}${result.faults.map((fault) => ` fault: ${fault}`).join('')}`,
    )
    return missing === 0 ? each : NaN
  }
  const alone: number[] = []
  const both: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
    console.log('one alone')
    alone.push(await node(round % 2, folder))
    console.log('two at the same time')
    both.push(...(await Promise.all([node(0, folder), node(1, folder)])))
    rmSync(folder, { recursive: true })
  }
  const ratio = (2 * median(alone)) / median(both)
  console.log(`two nodes have x${ratio.toFixed(2)} of the capacity of one (target: at least x1.8)`)
  return [
    {
      what: `Two capture nodes at once, ${calls} calls each: CPU of a packet`,
      measured: `${median(both).toFixed(2)} us`,
      yardstick: `one node alone ${median(alone).toFixed(2)} us`,
      ratio: `two carry x${ratio.toFixed(2)} of one`,
      target: 'at least x1.8',
      isReached: ratio >= 1.8,
    },
  ]
}

/** Returns undefined if a number is missing. */
function median(numbers: readonly number[]): number {
  return numbers.some(Number.isNaN) ? NaN : [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!
}
