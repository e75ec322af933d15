import { Histogram, type Registry } from 'prom-client'

/**
 * Measures response times to recording clients.
 * @returns a function to call for each offered session: final status, and milliseconds since its INVITE
 */
export function measureAnswers(registry: Registry): (status: number, tookMs: number) => void {
  const took = new Histogram({
    name: 'seloste_capture_answer_seconds',
    help: 'Time from an INVITE that offers a session to its final response; clients retransmit after half a second',
    labelNames: ['answer'],
    buckets: [0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 2],
    registers: [registry],
  })
  return (status, tookMs) => {
    took.observe({ answer: status < 300 ? 'taken' : 'refused' }, tookMs / 1000)
  }
}
