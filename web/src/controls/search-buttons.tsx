import { Search, X } from 'lucide-react'
import { useLanguage } from '../language/use-words.ts'
import { Button } from './button.tsx'

/** Buttons of a search form: search, and clear if there is something to clear. */
export function SearchButtons({
  isMain = true,
  className = 'actions',
  onClear,
}: {
  /** The search is the page's main act. */
  isMain?: boolean
  className?: string
  onClear: (() => void) | undefined
}) {
  const { t } = useLanguage()
  return (
    <div className={className}>
      <Button type="submit" kind={isMain ? 'primary' : 'secondary'}>
        <Search aria-hidden="true" size={18} />
        {t('contacts.search.submit')}
      </Button>
      {onClear && (
        <Button kind={isMain ? 'secondary' : 'quiet'} onPress={onClear}>
          <X aria-hidden="true" size={18} />
          {t('contacts.search.clear')}
        </Button>
      )}
    </div>
  )
}
