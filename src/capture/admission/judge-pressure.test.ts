import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAdmission } from './admission.ts'
import { judgePressure, noPressure, type Measured, type Pressure } from './judge-pressure.ts'

const gib = 1024 ** 3
const calm: Measured = {
  eventLoopMs: 5,
  disk: { freeBytes: 100 * gib, sizeBytes: 200 * gib },
  recordings: 10,
  callsWaiting: 0,
  packetsDropped: 0,
}

function after(measurements: readonly Partial<Measured>[], before: Pressure = noPressure): readonly string[] {
  return measurements.reduce((pressure, measured) => judgePressure(pressure, { ...calm, ...measured }), before).raised
}

test('one delay of the event loop is no pressure, and three in a row are', () => {
  const late = { eventLoopMs: 500 }
  expect(after([late, late])).toEqual([])
  expect(after([late, late, calm, late, late])).toEqual([])
  expect(after([late, late, late])).toEqual(['event-loop'])
})

test('pressure continues between the two thresholds, and ends after consecutive quiet checks', () => {
  const late = { eventLoopMs: 500 }
  const between = { eventLoopMs: 200 }
  const raised = [late, late, late]
  expect(after([between, between, between, between])).toEqual([])
  expect(after([...raised, ...Array<Partial<Measured>>(20).fill(between)])).toEqual(['event-loop'])
  expect(after([...raised, calm, calm, calm, calm])).toEqual(['event-loop'])
  expect(after([...raised, calm, calm, between, calm, calm, calm, calm])).toEqual(['event-loop'])
  expect(after([...raised, calm, calm, calm, calm, calm])).toEqual([])
})

test('the required free disk space grows with the recordings in progress', () => {
  const disk = { freeBytes: 2 * gib, sizeBytes: 200 * gib }
  expect(after([{ disk, recordings: 0 }])).toEqual([])
  expect(after([{ disk, recordings: 50 }])).toEqual([])
  expect(after([{ disk, recordings: 60 }])).toEqual(['disk'])
  // A fiftieth of a small volume is reserved.
  const small = { freeBytes: 0.1 * gib, sizeBytes: 4 * gib }
  expect(after([{ disk: small, recordings: 0 }])).toEqual([])
  expect(after([{ disk: small, recordings: 2 }])).toEqual(['disk'])
  expect(after([{ disk: undefined }])).toEqual([])
})

test('waiting facts, and packets dropped twice in a row, are pressure', () => {
  expect(after([{ callsWaiting: 30_000 }])).toEqual([])
  expect(after([{ callsWaiting: 50_000 }])).toEqual(['calls-waiting'])
  expect(after([{ packetsDropped: 500 }])).toEqual([])
  expect(after([{ packetsDropped: 500 }, { packetsDropped: 10 }])).toEqual(['packets-dropped'])
})

test('after any measurements, quiet checks end every pressure, and none is listed twice', () => {
  const measured = fc.record({
    eventLoopMs: fc.nat(2_000),
    disk: fc.option(fc.record({ freeBytes: fc.nat(), sizeBytes: fc.nat() }), { nil: undefined }),
    recordings: fc.nat(2_000),
    callsWaiting: fc.nat(200_000),
    packetsDropped: fc.nat(100),
  })
  fc.assert(
    fc.property(fc.array(measured, { maxLength: 30 }), (measurements) => {
      const pressure = measurements.reduce(judgePressure, noPressure)
      expect(new Set(pressure.raised).size).toBe(pressure.raised.length)
      expect(after(Array<Measured>(5).fill(calm), pressure)).toEqual([])
    }),
  )
})

test('an operator’s drain continues when every pressure has ended, until a resume', () => {
  const changes: string[] = []
  const admission = createAdmission({ onChange: ({ pressures }) => changes.push(pressures.join()) })
  expect(admission.refusal()).toBeUndefined()
  admission.measure({ ...calm, callsWaiting: 60_000 })
  expect(admission.refusal()).toMatchObject({ isDraining: false })
  admission.drain()
  admission.measure({ ...calm, callsWaiting: 60_000 })
  admission.measure(calm)
  expect(admission.refusal()).toMatchObject({ isDraining: true })
  admission.resume()
  expect(admission.refusal()).toBeUndefined()
  expect(changes).toEqual(['calls-waiting', ''])
})
