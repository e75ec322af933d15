import { Ban, CircleCheck, CircleX, Hourglass, PencilLine } from 'lucide-react'
import type { Draft } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'

const badges = {
  DRAFT: { Icon: PencilLine, badge: 'none' },
  SUBMITTED: { Icon: Hourglass, badge: 'capturing' },
  APPROVED: { Icon: CircleCheck, badge: 'available' },
  REJECTED: { Icon: CircleX, badge: 'restricted' },
  WITHDRAWN: { Icon: Ban, badge: 'destroyed' },
} as const

/** Badge with the state of a draft. */
export function DraftState({ state }: { state: Draft['state'] }) {
  const { t } = useLanguage()
  const { Icon, badge } = badges[state]
  return (
    <span className={`badge badge-${badge}`}>
      <Icon aria-hidden="true" size={16} />
      {t(`description.draft.state.${state}`)}
    </span>
  )
}
