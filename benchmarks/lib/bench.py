# SPDX-License-Identifier: Apache-2.0
"""What the measuring commands share: processes under load, and the tables that come of it. README.md says how to read them."""

import glob
import json
import os
import platform
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PROJECT = os.path.dirname(HERE)

ERRORS = ['err_bad_request', 'err_service_unavailable', 'err_conf_token_not_found', 'err_other', 'bad_type', 'bad_payload', 'bad_id', 'bad_action',
          'timeouts', 'disconnects', 'connect_failures', 'unanswered']
BUILD = 'in the project\'s folder: mvn -q -DskipTests package'


class Failure(Exception):
    """What the user is told, in a sentence."""


def need(path, how):
    if not os.path.exists(path):
        raise Failure(f'{os.path.relpath(path)} is missing: {how}')
    return path


def built_jar(classifier):
    """The jar of this module that has a classifier."""
    target = os.path.join(HERE, 'target')
    end = f'-{classifier}.jar'
    jars = [name for name in os.listdir(target) if name.endswith(end)] if os.path.isdir(target) else []
    return need(os.path.join(target, jars[0] if jars else 'a6runner-benchmarks' + end), BUILD)


def listens(path):
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
            return True
        except OSError:
            return False


def without(load, *options):
    """The load generator's words without some options and their values."""
    return [word for i, word in enumerate(load) if word not in options and (i == 0 or load[i - 1] not in options)]


class Server:
    """One process with a socket, started, and ended by its pid."""

    def __init__(self, name, command, address, log, env=None, load=None):
        self.name = name
        self.address = address
        self.load = load or []
        self.log = log
        self.begun = time.monotonic()
        with open(log, 'wb') as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        while time.monotonic() < self.begun + 60:
            if listens(address):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        self.stop()
        raise Failure(f'{name} did not start to listen on {address}:\n{self.said()}')

    def said(self):
        with open(self.log, errors='replace') as text:
            return text.read()[-2000:]

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def java_command(self):
        """The java and the options it runs with; empty if it is none."""
        with open(f'/proc/{self.pid}/cmdline', 'rb') as file:
            words = [word.decode() for word in file.read().split(b'\0')[:-1]]
        return words[:words.index('-jar')] if '-jar' in words else []

    def jcmd(self, *words):
        """What jcmd says, "" where there is none beside its java."""
        jcmd = os.path.join(os.path.dirname(os.path.realpath(f'/proc/{self.pid}/exe')), 'jcmd')
        if not os.path.exists(jcmd):
            return ''
        return subprocess.run([jcmd, str(self.pid), *words], capture_output=True, text=True, check=False).stdout

    def allocated(self):
        """Bytes that its Java threads have allocated since they began, or None."""
        sizes = re.findall(r' allocated=(\d+)([BKMG]) ', self.jcmd('Thread.print', '-e'))
        return sum(int(size) << {'B': 0, 'K': 10, 'M': 20, 'G': 30}[unit] for size, unit in sizes) if sizes else None

    def live_heap(self):
        """Bytes of the objects that a full collection leaves, or None."""
        total = re.search(r'^Total +\d+ +(\d+)', self.jcmd('GC.class_histogram'), re.MULTILINE)
        return int(total.group(1)) if total else None

    def metaspace(self):
        """Bytes of metaspace in use, or None."""
        used = re.search(r'Metaspace +used (\d+)K', self.jcmd('GC.heap_info'))
        return int(used.group(1)) * 1024 if used else None

    def status(self, key):
        """Bytes by a line of /proc/PID/status, such as VmRSS."""
        with open(f'/proc/{self.pid}/status', encoding='ascii', errors='replace') as file:
            return int(re.search(rf'^{key}:\s+(\d+) kB', file.read(), re.MULTILINE).group(1)) * 1024

    def rss(self):
        return self.status('VmRSS')


class Bench:
    """A temporary folder with the load generator and a copy of the distribution in it, and the processes that run there."""

    def __init__(self, folder):
        self.folder = folder
        self.servers = []
        self.complaints = []
        self.started = 0
        self.loadgen = os.path.join(folder, 'loadgen')
        subprocess.run(['cc', '-O2', '-o', self.loadgen, os.path.join(HERE, 'loadgen', 'loadgen.c'), '-pthread'], check=True)
        built = need(os.path.join(PROJECT, 'launcher', 'target', 'a6runner'), BUILD)
        self.classes = os.path.join(folder, 'classes')
        shutil.copytree(need(os.path.join(HERE, 'target', 'classes'), BUILD), self.classes)
        # A copy, so that neither its deploy folder nor a build that goes on meanwhile matters.
        self.distribution = os.path.join(folder, 'a6runner')
        shutil.copytree(built, self.distribution, ignore=shutil.ignore_patterns('data', '*.status'))
        self.netty = ':'.join(sorted(glob.glob(os.path.join(self.distribution, 'lib', 'netty-*.jar'))))
        shutil.copy(built_jar('plugins'), os.path.join(self.distribution, 'deploy'))

    # ---- processes

    def start(self, name, command, address, env=None, load=None):
        log = address + '.log' if address.startswith(self.folder) else os.path.join(self.folder, name + '.log')
        server = Server(name, command, address, log, env, load)
        self.servers.append(server)
        return server

    def socket(self):
        self.started += 1
        return os.path.join(self.folder, f'{self.started}.sock')

    def start_runner(self, name='runner', java_opts='', settings=(), loops=1, data=None, deploy=None, java_home=None):
        """A runner that listens; without data a folder of its own, without deploy the distribution's."""
        env = dict(os.environ, A6RUNNER_JAVA_OPTS=java_opts)
        env.pop('APISIX_LISTEN_ADDRESS', None)
        if java_home:
            env['A6RUNNER_JAVA_HOME'] = java_home
        address = self.socket()
        command = [os.path.join(self.distribution, 'bin', 'a6runner'), 'run', '--managed=no', '--address', 'unix:' + address,
                   '--set', f'loops={loops}', '--set', f'data.dir={data or os.path.join(self.folder, f"data-{self.started}")}']
        if deploy:
            command += ['--deploy', deploy]
        for setting in settings:
            command += ['--set', setting]
        return self.start(name, command, address, env)

    def record(self, runner, load):
        """A file with all frames of the runner's answer to one call."""
        answers = f'{runner.address}.{len(os.listdir(self.folder))}.answers'
        recorded = subprocess.run([self.loadgen, '-s', runner.address, '-W', answers] + load, capture_output=True, text=True, check=False)
        if recorded.returncode:
            raise Failure(f'the runner did not answer one call: {recorded.stderr.strip()}\n{runner.said()}')
        return answers

    def start_canned(self, name, answers, runner, loops=1, load=None):
        address = self.socket()
        # The very options that the runner's JVM got.
        return self.start(name, runner.java_command() + ['-cp', f'{self.classes}:{self.netty}', 'a6runner.benchmarks.canned.CannedServer',
                                                         address, str(loops), answers], address, load=load)

    def stop(self, server):
        server.stop()
        self.servers.remove(server)

    def stop_all(self):
        while self.servers:
            self.servers.pop().stop()

    # ---- load

    def drive(self, server, load, connections, rate=None, seconds=2, warm_up=0.2, complain=True):
        """What the load generator says of one run."""
        command = [self.loadgen, '-s', server.address, '-p', str(server.pid), '-c', str(connections), '-w', str(warm_up), '-d', str(seconds)]
        if rate:
            command += ['-r', str(rate)]
        done = subprocess.run(command + (server.load or load), capture_output=True, text=True, check=False)
        if server.process.poll() is not None:
            raise Failure(f'{server.name} ended under the load, with exit code {server.process.returncode}:\n{server.said()}')
        if not done.stdout:
            raise Failure(f'{server.name}: {done.stderr.strip()}')
        result = json.loads(done.stdout)
        if done.returncode and complain:
            wrong = [f'{result[key]} {key}' for key in ERRORS if result[key]] or ['no call was answered']
            self.complaints.append(f'{server.name}, {connections} connections: {", ".join(wrong)}')
        return result


# ---- what is told

def spread(values, digits):
    return f'{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})'


def table(headings, rows):
    """A table in Markdown."""
    lines = ['| ' + ' | '.join(headings) + ' |', '|' + '---|' * len(headings)]
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows])


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
        for line in file:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    git = ['git', '-C', PROJECT]
    commit = subprocess.run(git + ['rev-parse', '--short=10', 'HEAD'], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run(git + ['status', '--porcelain', '--untracked-files=no'], capture_output=True, text=True, check=False).stdout.strip()
    return f'{model}, {os.cpu_count()} processors, Linux {platform.release()}, commit {commit or "unknown"}{" with changes" if changed else ""}'


def load_average():
    return ' '.join(f'{value:.2f}' for value in os.getloadavg())


class Tee:
    """Standard output that is kept as well."""

    def __init__(self):
        self.out = sys.stdout
        self.text = ''

    def write(self, text):
        self.text += text
        return self.out.write(text)

    def flush(self):
        self.out.flush()


class Others:
    """How much of the processors somebody else used, from now on. Our servers count as ours once they have ended."""

    def __init__(self):
        self.begun = time.monotonic()
        self.before = self.busy() - self.ours()

    @staticmethod
    def busy():
        with open('/proc/stat', encoding='ascii') as file:
            user, nice, system, _, _, irq, softirq, steal = (int(word) for word in file.readline().split()[1:9])
        return (user + nice + system + irq + softirq + steal) / os.sysconf('SC_CLK_TCK')

    @staticmethod
    def ours():
        return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    def share(self):
        wall = (time.monotonic() - self.begun) * os.cpu_count()
        return max(0, self.busy() - self.ours() - self.before) / wall


def put_section(file, name, text):
    """Puts a text between the marks of a section in a Markdown file: <!-- begin NAME --> and <!-- end NAME -->; at its end if there are none."""
    begin, end = f'<!-- begin {name} -->', f'<!-- end {name} -->'
    before = ''
    if os.path.exists(file):
        with open(file, encoding='utf-8') as old:
            before = old.read()
    section = f'{begin}\n{text.strip()}\n{end}'
    if begin in before and end in before:
        head, rest = before.split(begin, 1)
        after = head + section + rest.split(end, 1)[1]
    else:
        after = (before.rstrip() + '\n\n' if before else '') + section + '\n'
    with open(file, 'w', encoding='utf-8') as new:
        new.write(after)


def run(name, work):
    """Calls work(folder) with a temporary folder that goes afterwards; ends the process with the exit code: work's, 2 if it could not, 130 if interrupted."""
    def interrupted(number, frame):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupted)
    folder = tempfile.mkdtemp(prefix=f'a6{name}-')
    try:
        sys.exit(work(folder))
    except (Failure, subprocess.CalledProcessError, FileNotFoundError) as failure:
        print(f'{name}: {failure}', file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(f'{name}: interrupted', file=sys.stderr)
        sys.exit(130)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
