import { $api } from '../api/client.ts'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Failure } from '../controls/failure.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { ResearchDetail } from './disclosure-shapes.ts'
import type { Done } from './done.ts'

const settled = new Set<ResearchDetail['state']>(['REFUSED', 'RELEASED', 'STUDY_ENDED', 'CLOSED', 'WITHDRAWN'])

/** Withdraws a disclosure before any release. */
export function Withdraw({ disclosure: { id, state }, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t } = useLanguage()
  const withdraw = $api.useMutation('delete', '/api/research-disclosures/{id}')
  if (settled.has(state)) return null
  return (
    <div className="stack-small">
      {withdraw.error != null && <Failure error={withdraw.error} />}
      <div className="actions">
        <ConfirmButton
          kind="quiet"
          label={t('disclosures.withdraw')}
          isBusy={withdraw.isPending}
          title={t('disclosures.withdraw.sure')}
          onDo={() =>
            withdraw.mutate({ params: { path: { id } } }, { onSuccess: () => void onDone(t('disclosures.withdrawn')) })
          }
        >
          <p>{t('disclosures.withdraw.what')}</p>
        </ConfirmButton>
      </div>
    </div>
  )
}
