/** Measures CPU per RTP packet of the whole capture path, against a bare receiver in C and one in Node, alternately. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { captureProcessFlags } from '#capture/rtp/process-flags.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { compile, generatorPort, runReceiver } from './run-receiver.ts'
import type { Row } from '../rows.ts'

type Spent = { packets: number; cpuMicroseconds: number; eventLoopP99Ms?: number; faults?: string[] }

/** `calls` concurrent calls of two streams; each round runs the three receivers one after the other. */
export async function costPerPacket({ calls = 400, seconds = 15, rounds = 3 } = {}): Promise<Row[]> {
  const programs = compile()
  if (!programs) {
    console.log('skipped: the yardstick and the generator are in C, and gcc is not installed')
    return []
  }
  const ports = Array.from({ length: 2 * calls }, (_, i) => 30_000 + 2 * i)
  const counting = [String(ports[0]), String(ports.length)]
  const here = import.meta.dirname
  const { recipient } = generateKeyPair()
  const ratios: number[] = []
  const took: Record<string, number>[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
    const receivers = {
      'bare C': { command: programs.bareReceiver, args: counting, ports },
      'bare Node dgram': { command: process.execPath, args: [join(here, 'bare-dgram.ts'), ...counting], ports },
      'capture path': {
        command: process.execPath,
        args: [
          ...captureProcessFlags,
          join(here, 'capture-calls.ts'),
          folder,
          recipient,
          String(generatorPort),
          String(calls),
        ],
      },
    }
    const perPacket: Record<string, number> = {}
    for (const [name, receiver] of Object.entries(receivers)) {
      const { sent, result } = await runReceiver<Spent>(receiver, programs.generator, seconds)
      perPacket[name] = result.cpuMicroseconds / result.packets
      const ratio = perPacket[name] / perPacket['bare C']!
      const missing = sent * 2 * calls - result.packets
      const faults = result.faults?.length ? ` faults: ${[...new Set(result.faults)].join(', ')}` : ''
      console.log(
        `${name.padEnd(16)} ${perPacket[name].toFixed(2)} us/packet  x${ratio.toFixed(2)}  missing ${missing}${faults}`,
      )
      if (name === 'capture path') ratios.push(ratio)
    }
    took.push(perPacket)
    rmSync(folder, { recursive: true })
  }
  const median = ratios.sort((a, b) => a - b)[ratios.length >> 1]!
  console.log(`capture path against bare C: median x${median.toFixed(2)} (target: at most x2)`)
  const medianOf = (name: string) => took.map((one) => one[name]!).sort((a, b) => a - b)[took.length >> 1]!
  return [
    {
      what: `CPU of a packet on the whole capture path, ${calls} calls`,
      measured: `${medianOf('capture path').toFixed(2)} us`,
      yardstick: `bare C ${medianOf('bare C').toFixed(2)} us (bare Node dgram ${medianOf('bare Node dgram').toFixed(2)} us)`,
      ratio: `x${median.toFixed(2)}`,
      target: 'at most x2',
      isReached: median <= 2,
    },
  ]
}
