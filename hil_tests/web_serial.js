// Web Serial as a page sees it, over a bridge to boards of the rig: a lost board as browsers tell it.

(() => {
  const there = new Map();
  const lost = () => new DOMException("The device has been lost.", "NetworkError");

  class Port {
    readable = null;
    writable = null;
    constructor(name, info) {
      Object.assign(this, { name, info });
    }
    getInfo() {
      return this.info;
    }
    async setSignals() {}
    async open() {
      if (this.readable) throw new DOMException("The port is already open.", "InvalidStateError");
      this.line = new WebSocket(`ws://${location.host}/bridge/${this.name}`);
      this.line.binaryType = "arraybuffer";
      await new Promise((opened, failed) => {
        this.line.onopen = opened;
        this.line.onclose = () => failed(new DOMException("Failed to open serial port.", "NetworkError"));
      });
      const start = (to) => {
        this.line.onmessage = ({ data }) => to.enqueue(new Uint8Array(data));
        this.line.onclose = () => {
          this.readable = this.writable = null;
          to.error(lost());
        };
      };
      const write = (bytes) => {
        if (this.line.readyState !== WebSocket.OPEN) throw lost();
        this.line.send(bytes);
      };
      this.readable = new ReadableStream({ start, cancel: () => (this.line.onclose = null) });
      this.writable = new WritableStream({ write });
    }
    async close() {
      const { line } = this;
      this.readable = this.writable = null;
      if (line?.readyState === WebSocket.OPEN)
        await new Promise((closed) => {
          line.onclose = closed;
          line.close();
        });
    }
  }

  class Serial extends EventTarget {
    async getPorts() {
      return [...there.values()];
    }
    async requestPort() {
      if (!there.size) throw new DOMException("No port selected by the user.", "NotFoundError");
      return [...there.values()].at(-1);
    }
  }

  const serial = new Serial();
  Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
  window.plugIn = (name, info) => {
    const port = new Port(name, info);
    there.set(name, port);
    const came = new Event("connect");
    Object.defineProperty(came, "target", { value: port });
    serial.dispatchEvent(came);
  };
  window.pull = (name) => there.delete(name);
})();
