import { Counter, type Registry } from 'prom-client'
import { predictDecision, type DecisionContext } from '#capture/decisions/predict-decision.ts'
import { listenDecisions, type DecisionsOptions } from '#capture/decisions/listen-decisions.ts'
import type { Settings } from '#platform/config/settings.ts'
import type { Log } from '#platform/log/log.ts'
import { throttleLog } from '#platform/log/throttle-log.ts'

/** Answers phone systems that request recording decisions, if SELOSTE_DECISIONS is set. */
export async function answerDecisions(
  { decisions }: Settings['integrations'],
  {
    from,
    certificate,
    registry,
    log,
  }: { from: DecisionContext; certificate: DecisionsOptions['certificate']; registry: Registry; log: Log },
): Promise<{ stop: () => Promise<void> }> {
  if (!decisions) return { stop: () => Promise.resolve() }
  const counter = new Counter({
    name: 'seloste_decisions_asked_total',
    help: 'Recording decision requests from telephone systems, by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const { listen, token } = decisions
  const warnOnce = throttleLog((details, line) => log.warn(details, line))
  const listening = await listenDecisions({
    ...{ listen, token },
    ...(certificate && { certificate }),
    answer: (question) => {
      const answer = predictDecision(question, from)
      return 'wrong' in answer ? { wrong: `${answer.wrong} is not a telephone number` } : answer
    },
    onAnswered: (outcome) => counter.inc({ outcome }),
    onConnectionRefused: (client) => {
      warnOnce({ client }, 'refused a connection for recording decision requests: too many are open')
    },
    onFault: (error) => {
      log.error({ err: error }, 'a recording decision request from a telephone system failed')
    },
  })
  const method = `${certificate ? 'TLS' : 'plain HTTP'}, ${token === undefined ? 'by certificate' : 'with a token'}`
  log.info(`listening for recording decision requests from telephone systems at port ${listening.port} (${method})`)
  return listening
}
