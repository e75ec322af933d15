import { $api } from '../api/client.ts'
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { useLanguage, type Translate, type Word } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { TaskList, type Target, type Task } from './task-list.tsx'

type Setup = paths['/api/setup']['get']['responses'][200]['content']['application/json']
type Step = Setup['steps'][number]['step']

const pages: Record<Step, Target['to']> = {
  description: '/description',
  numbers: '/numbers',
  people: '/people',
  rights: '/rights',
  'second-approver': '/rights/new',
  recorder: '/capture/clients',
  recording: '/capture/flows',
  backups: '/retention/places',
  witness: '/retention/places',
}

/** Steps of a new installation, for those who run it, until all are done. */
export function SetupSection({ me }: { me: Me }) {
  const { t } = useLanguage()
  const { data } = $api.useQuery('get', '/api/setup', undefined, { staleTime: 0 })
  if (!data || data.steps.every(({ isDone }) => isDone)) return null
  const tasks = data.steps.map(({ step, isDone }): Task => {
    return {
      key: step,
      state: isDone ? 'done' : 'waits',
      text: t(`start.setup.${step}`),
      // Only administrators see the people.
      target: step === 'people' && !hasRole(me, 'ADMINISTRATOR') ? undefined : { to: pages[step] },
      about: isDone ? step === 'description' && stepText(step, data, t) : stepText(step, data, t),
      deadline: t(isDone ? 'start.setup.done' : 'start.setup.open'),
    }
  })
  return (
    <section aria-labelledby="start-setup" className="stack-small">
      <h2 id="start-setup">{t('start.setup')}</h2>
      <p className="muted">{t('start.setup.what')}</p>
      <TaskList tasks={tasks} labelledBy="start-setup" />
    </section>
  )
}

/** Returns the text of a step, with the SIP address, number or roles that it needs. */
function stepText(step: Step, { version, missingRoles, sip, alwaysRecorded }: Setup, t: Translate): string {
  if (step === 'recording' && alwaysRecorded[0] !== undefined) {
    return t('start.setup.recording.what.number', { number: alwaysRecorded[0] })
  }
  return t(`start.setup.${step}.what`, {
    version: version ?? '',
    roles: missingRoles.map((role) => t(`rights.role.${role}` as Word)).join(', '),
    address: sip.join(', '),
  })
}
