import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { ResearchDetail } from './disclosure-shapes.ts'
import type { Done } from './done.ts'

const settled = new Set<ResearchDetail['state']>(['REFUSED', 'RELEASED', 'STUDY_ENDED', 'CLOSED', 'WITHDRAWN'])

/** Withdraws a disclosure before any release. */
export function Withdraw({ disclosure: { id, state }, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t } = useLanguage()
  const withdraw = $api.useMutation('delete', '/api/research-disclosures/{id}')
  const [isConfirming, setConfirming] = useState(false)
  if (settled.has(state)) return null
  return (
    <div className="stack-small">
      {withdraw.error != null && <Failure error={withdraw.error} />}
      <div className="actions">
        <Button kind="quiet" isBusy={withdraw.isPending} onPress={() => setConfirming(true)}>
          {t('disclosures.withdraw')}
        </Button>
      </div>
      <Confirm
        title={t('disclosures.withdraw.sure')}
        doLabel={t('disclosures.withdraw')}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        onDo={() =>
          withdraw.mutate({ params: { path: { id } } }, { onSuccess: () => void onDone(t('disclosures.withdrawn')) })
        }
      >
        <p>{t('disclosures.withdraw.what')}</p>
      </Confirm>
    </div>
  )
}
