/** What is used of the package, which has no types of its own. */
declare module '@echogarden/espeak-ng-emscripten' {
  /** eSpeak NG with all its voices in memory; 22,050 Hz. */
  export default function load(options: { print: (line: string) => void; printErr: (line: string) => void }): Promise<{
    eSpeakNGWorker: new () => Synthesiser
    FS: { analyzePath: (path: string) => { exists: boolean } }
  }>

  export interface Synthesiser {
    samplerate: number
    /** 0 also where the variant after the plus sign does not exist. */
    set_voice: (name: string, language: string) => number
    /** Words a minute, 80 to 450. */
    set_rate: (rate: number) => void
    /** 0 to 99, 50 is the voice's own. */
    set_pitch: (pitch: number) => void
    set_range: (range: number) => void
    /** Reads SSML. Goes on as long as the callback gives false. */
    synthesize: (text: string, onAudio: (samples: Int16Array) => boolean) => void
  }
}
