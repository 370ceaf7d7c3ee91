# Each target first makes sure of .venv (lib/bookbuild/bootstrap.py), then does its own work.
# Windows without make: the plain commands are in README.md.

PYTHON ?= python3
BIN    := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY     := .venv/$(BIN)/python
ARGS   ?=

# The oldest Keras that the book supports: the lower bound in pyproject.toml.
OLDEST_KERAS := $(shell sed -n 's/^ *"keras>=\([0-9.]*\)".*/\1/p' pyproject.toml)
OLDEST       := PYTHONPATH=$(CURDIR)/.venv-oldest/$(OLDEST_KERAS) $(PY)

DISPLAYED := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Windows_NT,$(OS)),$(filter Darwin,$(shell uname -s)))
LAB_ARGS  := $(if $(DISPLAYED),,--no-browser) $(if $(filter 0,$(shell id -u 2>/dev/null)),--allow-root)
NBVAL     := --nbval --nbval-current-env --nbval-sanitize-with chapters/sanitize.cfg --nbval-cell-timeout 300

.DEFAULT_GOAL := help
.PHONY: help venv lab test test-backends test-oldest notebooks slides data preflight bench stamp clean

help:  ## 列出这些命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

venv:  ## 建立或修补 .venv（其他命令会自动做）
	@command -v $(PYTHON) >/dev/null || { echo "✘ 找不到 $(PYTHON)：请安装 Python 3.11–3.13，或指明：make lab PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) lib/bookbuild/bootstrap.py

lab: venv  ## 打开 JupyterLab；没有图形界面时给出地址；更多参数：make lab ARGS="--port 9999"
	@$(PY) -m jupyterlab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/chapters $(LAB_ARGS) $(ARGS)

test: venv  ## 单元测试 + 每章和每份解答（重跑并与保存的输出比较）
	@$(PY) -m pytest -n 2 --dist loadscope $(NBVAL) tests chapters $(ARGS)

test-backends: venv  ## 单元测试在 TensorFlow、JAX、PyTorch 三个后端上各跑一遍
	@$(PYTHON) lib/bookbuild/bootstrap.py --venv .venv-backends --over .venv -r tests/requirements-backends.txt
	@for backend in tensorflow jax torch; do \
	    echo "== KERAS_BACKEND=$$backend"; \
	    KERAS_BACKEND=$$backend .venv-backends/$(BIN)/python -m pytest -q -m backends tests $(ARGS) || exit 1; \
	done

test-oldest: venv  ## 单元测试和各章在支持的最旧的 Keras 上跑一遍
	@test -d .venv-oldest/$(OLDEST_KERAS) || { \
	    rm -rf .venv-oldest/part && \
	    $(PY) -m pip install -q --no-deps --target .venv-oldest/part keras==$(OLDEST_KERAS) && \
	    mv .venv-oldest/part .venv-oldest/$(OLDEST_KERAS); }
	@$(OLDEST) -c "import rnnbook, keras; print('== Keras', keras.__version__)"
	@$(OLDEST) -m pytest -q -m backends tests $(ARGS)
	@$(OLDEST) -m pytest -q -n 2 --dist loadscope --nbval-lax --nbval-current-env chapters $(ARGS)

notebooks: venv  ## 执行各章并保存输出：只做改过的；全部：ALL=1；指定：CHAPTERS="02 11"
	@$(PY) -m bookbuild notebooks $(if $(ALL),--all) $(CHAPTERS) $(ARGS)

slides: venv  ## 由各章保存的输出生成幻灯片：build/slides/（HTML、PDF、PPTX）
	@$(PY) -m bookbuild slides $(CHAPTERS) $(ARGS)

data: venv  ## 下载全部数据（显示进度）；只要几个：ARGS="tinyshakespeare co2"
	@$(PY) -m rnnbook.data fetch $(or $(ARGS),--all)

preflight: venv  ## 上课前检查：能不能上课，差什么；指定章：CHAPTERS="02 11"
	@$(PY) -m bookbuild preflight $(CHAPTERS) $(ARGS)

bench: venv  ## 测量速度：文本生成、雅可比图的滑块
	@for script in tests/bench_*.py; do $(PY) $$script $(ARGS) || exit 1; done

stamp: venv  ## 重写各章的徽标和首个代码单元；换仓库地址：REPO=https://…
	@$(PY) -m bookbuild stamp $(if $(REPO),--repo $(REPO)) $(ARGS)

clean:  ## 删除生成的一切：build、.venv*、缓存（不动数据）
	rm -rf build .venv* slides/node_modules .pytest_cache .ruff_cache lib/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
