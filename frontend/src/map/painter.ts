// WebGL2: one instanced draw call for all symbols; the GPU mixes positions between fixes.

/** Floats per instance: from x y, to x y, start, duration, cell, size, offset x y. */
export const STRIDE = 10;

const VERTEX = `#version 300 es
layout(location=0) in vec2 corner;
layout(location=1) in vec4 ends;
layout(location=2) in vec4 when;
layout(location=3) in vec2 offset;
uniform vec2 centre;
uniform vec2 viewport;
uniform float scale;
uniform float now;
uniform float columns;
out vec2 uv;
void main() {
  float share = clamp((now - when.x) / when.y, 0.0, 1.0);
  vec2 pixel = (mix(ends.xy, ends.zw, share) - centre) * scale + viewport * 0.5 + offset + corner * when.w;
  gl_Position = vec4(pixel.x / viewport.x * 2.0 - 1.0, 1.0 - pixel.y / viewport.y * 2.0, 0.0, 1.0);
  vec2 cell = vec2(mod(when.z, columns), floor(when.z / columns));
  uv = (cell + corner + 0.5) / columns;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec2 uv;
uniform sampler2D atlas;
out vec4 colour;
void main() { colour = texture(atlas, uv); }`;

const CORNERS = new Float32Array([-0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 0.5, 0.5]);

export interface Frame {
  /** Mercator centre of the view, relative to the painter's origin. */
  readonly centre: readonly [number, number];
  /** Device pixels per mercator unit. */
  readonly scale: number;
  /** Milliseconds of the clock used in the instances. */
  readonly now: number;
}

export class Painter {
  private readonly gl: WebGL2RenderingContext;
  private readonly program: WebGLProgram;
  private readonly instances: WebGLBuffer;
  private readonly array: WebGLVertexArrayObject;
  private readonly places: Readonly<Record<"centre" | "viewport" | "scale" | "now" | "columns", WebGLUniformLocation | null>>;
  private count = 0;

  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", { alpha: true, premultipliedAlpha: true, antialias: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.program = link(gl);
    this.instances = gl.createBuffer();
    this.array = gl.createVertexArray();
    const place = (name: string) => gl.getUniformLocation(this.program, name);
    this.places = { centre: place("centre"), viewport: place("viewport"), scale: place("scale"), now: place("now"), columns: place("columns") };
    this.describe();
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Name of the graphics back end, to pace software renderers. */
  get renderer(): string {
    const info = this.gl.getExtension("WEBGL_debug_renderer_info");
    return info ? String(this.gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  }

  private describe(): void {
    const { gl } = this;
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, CORNERS, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.instances);
    const perInstance = (location: number, size: number, first: number) => {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, STRIDE * 4, first * 4);
      gl.vertexAttribDivisor(location, 1);
    };
    perInstance(1, 4, 0);
    perInstance(2, 4, 4);
    perInstance(3, 2, 8);
  }

  setAtlas(canvas: HTMLCanvasElement): void {
    const { gl } = this;
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
  }

  setInstances(data: Float32Array): void {
    const { gl } = this;
    this.count = data.length / STRIDE;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.instances);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
  }

  draw(frame: Frame, columns: number): void {
    const { gl, places } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.uniform2f(places.centre, ...frame.centre);
    gl.uniform2f(places.viewport, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(places.scale, frame.scale);
    gl.uniform1f(places.now, frame.now);
    gl.uniform1f(places.columns, columns);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.count);
  }

  forget(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("no shader");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "shader");
  return program;
}
