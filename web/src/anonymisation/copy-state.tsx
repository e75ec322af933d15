import { CircleCheck, CircleX, Hourglass, PencilLine, TriangleAlert, UserCheck } from 'lucide-react'
import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy } from './copy-shapes.ts'

const badges = {
  NONE: { Icon: PencilLine, badge: 'none' },
  DRAFT: { Icon: PencilLine, badge: 'none' },
  RENDERING: { Icon: Hourglass, badge: 'capturing' },
  RENDERED: { Icon: UserCheck, badge: 'capturing' },
  APPROVED: { Icon: CircleCheck, badge: 'available' },
  REJECTED: { Icon: CircleX, badge: 'restricted' },
  FAILED: { Icon: TriangleAlert, badge: 'restricted' },
} as const

/** Badge with the state of a copy. */
export function CopyState({ state }: { state: AnonymisedCopy['state'] }) {
  const { t } = useLanguage()
  const { Icon, badge } = badges[state]
  return (
    <span className={`badge badge-${badge}`}>
      <Icon aria-hidden="true" size={16} />
      {t(`anonymisation.state.${state}`)}
    </span>
  )
}
