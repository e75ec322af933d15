import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { canUsePasskeys } from '../session/request-passkey.ts'
import { MakePasskey } from './make-passkey.tsx'

/** Offers a passkey as second factor instead of an authenticator, where the browser and page support it. */
export function MakePasskeyInstead({ onMade }: { onMade: () => void }) {
  const { t } = useLanguage()
  const [isMaking, setMaking] = useState(false)
  const { data: options } = $api.useQuery('get', '/api/sign-in-options', undefined, { staleTime: Infinity })
  if (!options?.passkeys || options.publicUrl !== window.location.origin || !canUsePasskeys) return null
  return (
    <section className="panel stack" aria-labelledby="enrolment-passkey">
      <h2 id="enrolment-passkey">{t('session.enrolment.passkey')}</h2>
      {isMaking ? (
        <MakePasskey proof="none" onMade={onMade} onCancel={() => setMaking(false)} />
      ) : (
        <>
          <p>{t('account.passkeys.lead')}</p>
          <div className="actions">
            <Button kind="secondary" onPress={() => setMaking(true)}>
              {t('account.passkeys.add')}
            </Button>
          </div>
        </>
      )}
    </section>
  )
}
