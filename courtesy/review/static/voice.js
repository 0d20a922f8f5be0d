// A line of the customer's heard, and an answer spoken: nothing of either leaves the hall's machines.
const QUIET = 1100, FIRST = 10000, LONGEST = 60000, LOOK = 50;  // milliseconds
const OVER_NOISE = 12, LEAST = -50, NOTHING = -99, RISE = 0.2;  // dB, dBFS, dBFS, dB a look

// A voice that speaks by itself on this machine; others would send the words somewhere.
function installed() {
  const own = (window.speechSynthesis ? speechSynthesis.getVoices() : []).filter(one => one.localService);
  return own.find(one => /^(zh[-_]CN|cmn)/i.test(one.lang)) || own.find(one => /^zh/i.test(one.lang)) || null;
}
if (window.speechSynthesis) speechSynthesis.getVoices();  // Chrome finds them when it is first asked
let sounding = null;
export function hush() {
  if (sounding instanceof Audio) sounding.pause();
  if (window.speechSynthesis) speechSynthesis.cancel();
  sounding = null;
}
export const canSay = (words, recorded) => recorded || Boolean(words && installed());

// Play a recording, or have the words read; ends when it is over, at once where nothing can be heard.
export function say(words, address) {
  return new Promise(done => {
    if (address) {
      const sound = sounding = new Audio(address);
      sound.onended = sound.onerror = sound.onpause = () => done();
      sound.play().catch(() => done());
      return;
    }
    const voice = words && installed();
    if (!voice) { done(); return; }
    const spoken = sounding = new SpeechSynthesisUtterance(words);  // held, or Chrome never says that it ended
    spoken.voice = voice; spoken.lang = voice.lang;
    spoken.onend = spoken.onerror = () => done();
    speechSynthesis.cancel();
    speechSynthesis.speak(spoken);
  });
}

export function decibels(samples) {
  let sum = 0;
  for (const one of samples) sum += one * one;
  return 10 * Math.log10(Math.max(sum / samples.length, 1e-10));
}

// Whether an answer is over, asked every 50 ms: somebody spoke, and then was quiet.
export class Ending {
  constructor() { this.noise = null; this.loud = 0; this.spoke = false; this.since = 0; this.passed = 0; }
  over(level) {
    this.passed += LOOK;
    if (level <= NOTHING) return this.passed >= FIRST;  // the analyser has nothing yet
    this.noise = this.noise === null ? level : Math.min(this.noise + RISE, level);
    const speaks = level > Math.max(this.noise + OVER_NOISE, LEAST);
    this.loud = speaks ? this.loud + 1 : 0;
    if (this.loud >= 3) this.spoke = true;
    this.since = speaks ? 0 : this.since + LOOK;
    if (this.passed >= LONGEST) return true;
    return this.spoke ? this.since >= QUIET : this.passed >= FIRST;
  }
}

// One answer by the browser's own recorder; `stop` ends it by hand, `forget` throws it away.
export class Recording {
  static async begin(show) {
    const stream = await navigator.mediaDevices.getUserMedia({audio: {channelCount: 1, autoGainControl: false}});
    try { return new Recording(stream, show); } catch (error) { stream.getTracks().forEach(track => track.stop()); throw error; }
  }
  constructor(stream, show) {
    this.stream = stream;
    this.parts = [];
    this.recorder = new MediaRecorder(stream, {audioBitsPerSecond: 48000});
    this.recorder.ondataavailable = event => this.parts.push(event.data);
    this.whole = new Promise(done => { this.recorder.onstop = () => { this.free(); done(this.forgotten ? null : new Blob(this.parts, {type: this.recorder.mimeType})); }; });
    this.context = new AudioContext();
    const listens = this.context.createAnalyser(), samples = new Float32Array(listens.fftSize), ending = new Ending();
    this.context.createMediaStreamSource(stream).connect(listens);
    this.timer = setInterval(() => {
      listens.getFloatTimeDomainData(samples);
      const level = decibels(samples);
      show(level);
      if (ending.over(level)) this.stop();
    }, LOOK);
    this.recorder.start();
  }
  stop() { if (this.recorder.state !== "inactive") this.recorder.stop(); }
  forget() { this.forgotten = true; this.stop(); }
  free() {
    clearInterval(this.timer);
    this.stream.getTracks().forEach(track => track.stop());
    this.context.close();
  }
}
