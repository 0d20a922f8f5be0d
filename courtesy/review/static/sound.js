// A few seconds of sound: drawn, played at any speed, over and over.
export class Sound {
  constructor(canvas, clock) {
    this.canvas = canvas; this.clock = clock; this.audio = new Audio(); this.audio.preservesPitch = true;
    this.looping = false; this.peaks = []; this.place = null; this.length = 0;
    canvas.onclick = event => this.seek(event.offsetX / canvas.clientWidth * this.length);
    const draw = () => { this.draw(); requestAnimationFrame(draw); };
    requestAnimationFrame(draw);
  }

  // `place` is where the phrase lies in the sound, seconds.
  open(bytes, place) {
    this.close();
    this.audio.src = this.url = URL.createObjectURL(new Blob([bytes], {type: "audio/wav"}));
    const view = new DataView(bytes), channels = view.getUint16(22, true), rate = view.getUint32(24, true);
    const samples = new Int16Array(bytes.slice(44)), frames = samples.length / channels;
    this.length = frames / rate; this.place = place; this.peaks = [];
    const many = 600, size = Math.max(1, Math.floor(frames / many));
    for (let at = 0; at < frames; at += size) {
      let most = 0;
      for (let i = at * channels; i < Math.min(frames, at + size) * channels; i++) most = Math.max(most, Math.abs(samples[i]));
      this.peaks.push(most / 32768);
    }
    this.dirty = true;
  }
  close() { this.audio.pause(); if (this.url) URL.revokeObjectURL(this.url); this.url = null; this.peaks = []; this.length = 0; this.dirty = true; }
  get there() { return this.length > 0; }
  toggle() { if (this.audio.paused) this.audio.play().catch(() => {}); else this.audio.pause(); }
  replay() { this.seek(this.place ? Math.max(0, this.place[0] - 0.5) : 0); this.audio.play().catch(() => {}); }
  seek(seconds) { if (this.there) this.audio.currentTime = Math.max(0, Math.min(this.length, seconds)); }

  draw() {
    if (this.looping && this.place && !this.audio.paused && this.audio.currentTime > this.place[1] + 0.3) this.seek(this.place[0] - 0.3);
    const now = this.audio.currentTime;
    if (!this.dirty && now === this.drawn) return;
    this.drawn = now; this.dirty = false;
    const canvas = this.canvas, width = canvas.width = canvas.clientWidth * devicePixelRatio, height = canvas.height = canvas.clientHeight * devicePixelRatio;
    const pen = canvas.getContext("2d"), style = getComputedStyle(canvas), peaks = this.peaks;
    pen.clearRect(0, 0, width, height);
    peaks.forEach((peak, at) => {
      const seconds = at / peaks.length * this.length, inside = this.place && seconds >= this.place[0] && seconds <= this.place[1];
      pen.fillStyle = style.getPropertyValue(inside ? "--here" : "--wave");
      const tall = Math.max(1, Math.sqrt(peak) * height);
      pen.fillRect(at / peaks.length * width, (height - tall) / 2, Math.max(1, width / peaks.length - 1), tall);
    });
    if (this.there) {
      pen.fillStyle = style.getPropertyValue("--bad");
      pen.fillRect(now / this.length * width, 0, 2 * devicePixelRatio, height);
    }
    this.clock.textContent = this.there ? `${now.toFixed(1)} / ${this.length.toFixed(1)} s` : "";
  }
}
