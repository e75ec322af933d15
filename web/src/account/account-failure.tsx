import type { AccountRefusal } from '../api/shapes.ts'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { describeRefusal } from './describe-refusal.ts'

/** Shows why an act on one's own account, or reading it, failed. */
export function AccountFailure({ error, onAgain }: { error: unknown; onAgain?: () => void }) {
  const { t } = useLanguage()
  if ((error as Partial<AccountRefusal> | null)?.error?.waitSeconds === undefined) {
    return <Failure error={error} onAgain={onAgain} />
  }
  return (
    <Notice kind="warning" isUrgent>
      {describeRefusal(error, t)}
    </Notice>
  )
}
