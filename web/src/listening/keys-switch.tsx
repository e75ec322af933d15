import { useState } from 'react'
import { Switch } from 'react-aria-components'
import { playerKeysKey } from '../api/machine-storage.ts'
import { useLanguage } from '../language/use-words.ts'

/** Returns whether the player's keys are on, stored in this browser. */
export function useKeysOn(): [boolean, (on: boolean) => void] {
  const [keysOn, setKeysOn] = useState(() => window.localStorage.getItem(playerKeysKey) !== 'off')
  return [
    keysOn,
    (on) => {
      setKeysOn(on)
      window.localStorage.setItem(playerKeysKey, on ? 'on' : 'off')
    },
  ]
}

/** Switches the keys off, against accidental presses (WCAG 2.1.4). */
export function KeysSwitch({ isOn, onChange }: { isOn: boolean; onChange: (on: boolean) => void }) {
  const { t } = useLanguage()
  return (
    <Switch className="switch" isSelected={isOn} onChange={onChange}>
      <span className="switch-track" aria-hidden="true" />
      {t('listening.player.keys')}
    </Switch>
  )
}
