import { LogIn } from 'lucide-react'
import { useEffect, useState } from 'react'
import { $api } from '../api/client.ts'
import { useLanguage } from '../language/use-words.ts'
import { providerRefusal, identityProviderUrl } from './identity-provider-url.ts'

/** Signs in at the agency's identity provider, if there is one, and returns to this page. */
export function IdentityProviderButton({ onFailed }: { onFailed: (error: unknown) => void }) {
  const { t } = useLanguage()
  const { data: options } = $api.useQuery('get', '/api/sign-in-options', undefined, { staleTime: Infinity })
  const [refused] = useState(() => providerRefusal(window.location.hash))
  useEffect(() => {
    if (!refused) return
    onFailed({ error: { code: refused, message: '' } })
    // Reported once: reloading the page does not report it again.
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- reported once, to the callback of that render
  }, [refused])
  if (!options?.identityProvider) return null
  const { pathname, search } = window.location
  return (
    <a className="button button-secondary wide" href={identityProviderUrl(options.publicUrl ?? '', pathname + search)}>
      <LogIn aria-hidden="true" size={20} />
      {t('session.provider.signIn', { name: options.identityProvider.name })}
    </a>
  )
}
