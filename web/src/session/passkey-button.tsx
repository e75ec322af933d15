import { Fingerprint } from 'lucide-react'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { canUsePasskeys, completeSignInWithPasskey, signInWithPasskey } from './request-passkey.ts'
import { beginSession } from './begin-session.ts'
import { passkeyPlace } from './passkey-place.ts'

/**
 * Signs in with a passkey: alone, or as second step after a password. Renders nothing if the service or the browser has no
 * passkeys; a link to the URL where passkeys work if this page has another.
 */
export function PasskeyButton({
  step,
  onFailed,
}: {
  step: 'alone' | 'second' | 'second-of-several'
  onFailed: (error: unknown) => void
}) {
  const { t } = useLanguage()
  const { data: options } = $api.useQuery('get', '/api/sign-in-options', undefined, { staleTime: Infinity })
  const [busy, setBusy] = useState(false)
  const place = passkeyPlace(options?.publicUrl, window.location)
  if (place === 'nowhere' || !canUsePasskeys) return null
  if (place === 'elsewhere') {
    return (
      <p className="signin-note">
        {t('session.passkey.elsewhere')} <a href={options?.publicUrl}>{options?.publicUrl}</a>
      </p>
    )
  }

  const submit = async () => {
    setBusy(true)
    const answer = await (step === 'alone' ? signInWithPasskey() : completeSignInWithPasskey())
    setBusy(false)
    if ('error' in answer) onFailed(answer.error)
    else beginSession(answer.done)
  }
  return (
    <Button
      kind={step === 'second' ? 'primary' : 'secondary'}
      className="wide"
      isBusy={busy}
      onPress={() => void submit()}
    >
      <Fingerprint aria-hidden="true" size={20} />
      {t(busy ? 'session.passkey.asking' : step === 'alone' ? 'session.passkey.signIn' : 'session.passkey.give')}
    </Button>
  )
}
