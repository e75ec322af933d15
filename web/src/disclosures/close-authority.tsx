import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { authorityHeading, authorityStepState } from './authority-steps.ts'
import type { AuthorityDetail } from './disclosure-shapes.ts'
import type { Done } from './done.ts'
import { StepFrame } from './step-frame.tsx'

/** Closes what was released or refused; its entry in the log of disclosures stays. */
export function CloseAuthority({ disclosure, onDone }: { disclosure: AuthorityDetail; onDone: Done }) {
  const { say, language } = useLanguage()
  const { id, may, closedAt } = disclosure
  const close = $api.useMutation('post', '/api/authority-disclosures/{id}/close')
  const [isAsking, setAsking] = useState(false)
  return (
    <StepFrame
      heading={authorityHeading('close')}
      title={say('disclosures.step.authority.close')}
      state={authorityStepState('close', disclosure)}
    >
      <p className="request-note">
        {closedAt
          ? say('authorityDisclosure.closedAt', { time: formatInstant(closedAt, language) })
          : say('authorityDisclosure.close.what')}
      </p>
      {close.error != null && <Failure error={close.error} />}
      {may.close && (
        <div className="actions">
          <Button kind="secondary" isBusy={close.isPending} onPress={() => setAsking(true)}>
            {say('returns.close')}
          </Button>
        </div>
      )}
      <Confirm
        title={say('returns.close.sure')}
        doLabel={say('returns.close')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onDo={() =>
          close.mutate(
            { params: { path: { id } } },
            { onSuccess: () => void onDone(say('authorityDisclosure.stands.CLOSED')) },
          )
        }
      >
        <p>{say('authorityDisclosure.close.what')}</p>
      </Confirm>
    </StepFrame>
  )
}
